"""What `foedus doctor` looks at, a module a kind of thing; nothing here mends."""

"""What passes the door: whose request it is, whose turn, and how much at once."""

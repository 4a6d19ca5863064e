"""The web pages: server-rendered, complete without JavaScript, live with it."""

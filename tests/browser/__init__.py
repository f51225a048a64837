"""What a user sees, in Debian's Chromium before a real server."""

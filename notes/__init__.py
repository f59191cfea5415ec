"""The notes pages: each view calls the notes API for the person who is signed in."""

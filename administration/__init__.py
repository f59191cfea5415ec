"""For admins and the engineer on duty: Django admin, and what is found out by asking."""

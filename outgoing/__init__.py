"""Connections to other services, for the notes API and Cognito alike."""

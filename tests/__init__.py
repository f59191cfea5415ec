"""The promises of the project."""

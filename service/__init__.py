"""The Lambda functions behind the notes API; they know neither Django nor where they run."""

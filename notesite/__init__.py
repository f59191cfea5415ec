"""The Django project: settings, addresses and wiring; nothing about notes."""

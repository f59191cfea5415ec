"""``manage.py doctor``: whether the site fits its user pool and its API, a line on each."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from administration.doctor import findings

MARKS = {True: "good", False: "BAD ", None: "?   "}


class Command(BaseCommand):
    help = "Ask the user pool and the notes API whether this site is set up right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="also ask the API with the token of this person, who is signed in in a browser",
        )

    def handle(self, *args: object, email: str | None = None, **options: object) -> None:
        bad = 0
        for finding in findings(email):
            self.stdout.write(f"{MARKS[finding.is_good]}  {finding.name}: {finding.text}")
            bad += finding.is_good is False
        if bad:
            raise CommandError(f"{bad} of these need to be put right.")

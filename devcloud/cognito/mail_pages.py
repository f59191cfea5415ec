"""The local page on which the mail is read that Cognito would send."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from devcloud.cognito.pages import Pages


class MailPages:
    """/_local/mail, for people and, with ``Accept: application/json``, for tests."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def mail(self) -> Response:
        """GET /_local/mail: newest first; ``?to=`` shows one person's."""
        recipient = request.args.get("to", "").strip()
        messages = self._pages.pool.mailbox.newest_first(recipient)
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
            return self._pages.show("mail", messages=messages, recipient=recipient)
        return jsonify(
            [
                {
                    "to": mail.recipient,
                    "subject": mail.subject,
                    "body": mail.body,
                    "code": mail.code,
                    "sent_at": mail.sent_at.isoformat(),
                }
                for mail in messages
            ]
        )

"""How long a former key is kept, as the documents say: at least as long as something needs it."""

from pathlib import Path

from notes.drafts import KEPT, MARKED

DOCS = Path(__file__).resolve().parents[2] / "docs"


class KeyRotationTests:
    def row(self, name):
        """The line of the table that says for how long the old key is kept."""
        section = (DOCS / "configuration.md").read_text().split("### Rotating keys", 1)[1]
        (line,) = (line for line in section.splitlines() if f"| `{name}` | for " in line)
        return line.rsplit("|", 2)[1]

    def test_unsaved_text_can_be_read_as_long_as_it_is_kept(self):
        assert f"for {KEPT.days} days" in self.row("SESSION_ENCRYPTION_KEYS")

    def test_sessions_can_be_read_until_they_end(self):
        assert "`SESSION_MAX_HOURS` where that is longer" in self.row("SESSION_ENCRYPTION_KEYS")

    def test_an_open_editor_names_its_owner_as_long_as_it_may(self):
        assert f"for {MARKED.days} days" in self.row("SECRET_KEY")

    def test_the_other_document_has_no_times_of_its_own(self):
        text = (DOCS / "deployment.md").read_text()
        section = text.split("## Rotating secrets", 1)[1].split("\n## ", 1)[0]
        assert "configuration.md#rotating-keys" in section
        assert "SESSION_MAX_HOURS" not in section

"""A note's whole life through the API."""

from tests.service.api import NotesApi


class NoteLifeTests:
    def test_it_is_created_changed_deleted_restored_and_gone(self, api: NotesApi) -> None:
        assert api.greet().json["message"].endswith(" with email ada@example.com!")
        created = api.create(title="One", tags=["Work ", "work"], pinned=True)
        assert (created.status, created.json["tags"]) == (201, ["work"])
        assert api.get().json["note"] == "my first note"
        updated = api.update(note="second")
        assert (updated.json["version"], updated.json["note"]) == (2, "second")
        assert api.delete().json == {"message": "Note deleted"}
        assert api.get().json["deleted_at"]
        assert [n["noteid"] for n in api.list(view="trash").json["notes"]] == ["note1"]
        assert api.list().json == {"notes": [], "cursor": None}
        assert api.restore().json["deleted_at"] is None
        assert [n["snippet"] for n in api.list(q="SEC").json["notes"]] == ["second"]
        api.delete()
        assert api.delete(permanent="true").status == 200
        assert api.get().status == 404

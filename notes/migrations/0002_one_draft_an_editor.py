"""Drafts are told apart by the editor that wrote them, no longer by their text.

The column keeps its name, so that the version of the site before this one goes on working.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="notes_draft_user_digest"),
        migrations.AlterField(
            model_name="draft",
            name="created_at",
            field=models.DateTimeField(db_column="created_at", db_index=True),
        ),
        migrations.RenameField(model_name="draft", old_name="created_at", new_name="kept_at"),
    ]

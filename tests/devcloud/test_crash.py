"""The short form of the crash campaign."""

from tests.devcloud import crash_campaign


class CrashTests:
    def test_no_acknowledged_write_is_lost_to_kill_9(self, tmp_path):
        outcome = crash_campaign.run(tmp_path / "data", writes=25, longest_life=15)
        assert outcome.writes >= 25
        assert outcome.kills >= 1
        assert (outcome.missing, outcome.doubled, outcome.changed) == ([], [], [])

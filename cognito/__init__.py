"""The user pool as its app client sees it: keys, ID tokens, the OAuth endpoints, the admin API.

Django's settings say where it is; nothing here knows a request, a session or the database.
"""

"""All settings by concern; what differs between environments is read through env.py."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from notesite import database, env, log

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where the site stands ---------------------------------------------------------------------

PUBLIC_URL = env.url("PUBLIC_URL", path_allowed=False)
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"

DEBUG = env.boolean("DEBUG", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _public.hostname or "")
if "*" in ALLOWED_HOSTS:
    env.refuse("ALLOWED_HOSTS", "must name the hosts; * would accept any Host header.")

# The load balancer's or CloudFront's header for the scheme the browser used. Only set it where
# that proxy overwrites what a client sends.
TRUSTED_PROTO_HEADER = env.text("TRUSTED_PROTO_HEADER", "", pattern=r"[A-Za-z][A-Za-z-]+")
if TRUSTED_PROTO_HEADER:
    SECURE_PROXY_SSL_HEADER = (
        "HTTP_" + TRUSTED_PROTO_HEADER.upper().replace("-", "_"),
        "https",
    )
elif IS_HTTPS:
    env.refuse("TRUSTED_PROTO_HEADER", "is not set, but PUBLIC_URL is https behind a proxy.")

# A worker's threads: each service gets as many kept connections, one for each that may be calling.
WEB_THREADS = env.integer("WEB_THREADS", 64, least=1, most=512)

# --- Secrets -----------------------------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    env.refuse("SECRET_KEY", "must have at least 50 characters.")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

# Fernet keys: the first encrypts, all decrypt, so a key is rotated by putting a new one in front.
# The padding may be left out: Secrets Manager can generate 43 letters and digits, but no "=".
SESSION_ENCRYPTION_KEYS = [
    key + "=" * (-len(key) % 4) for key in env.words("SESSION_ENCRYPTION_KEYS")
]
if not SESSION_ENCRYPTION_KEYS:
    env.refuse(
        "SESSION_ENCRYPTION_KEYS", "is not set; docs/configuration.md says how to make a key."
    )
for _key in SESSION_ENCRYPTION_KEYS:
    try:
        _length = len(urlsafe_b64decode(_key))
    except (Base64Error, ValueError):
        _length = 0
    if _length != 32:
        env.refuse("SESSION_ENCRYPTION_KEYS", "must hold keys of 32 bytes in URL-safe base64.")

# --- Django ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "notes",
    "identity",
    "administration",
    "administration.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mozilla_django_oidc",
    "csp",
]

MIDDLEWARE = [
    "notesite.health.HealthMiddleware",
    "notesite.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "notes.middleware.UnsavedTextMiddleware",
    "identity.middleware.SignInMiddleware",
    "notes.middleware.GatewayErrorMiddleware",
]

ROOT_URLCONF = "notesite.urls"
WSGI_APPLICATION = "notesite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database.from_environment(BASE_DIR)}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notes.display.trash",
            ],
        },
    },
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", "staticfiles")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# A note's text may have 300,000 bytes; percent-encoding in a form makes nine of three.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Browser security --------------------------------------------------------------------------

_cookie_prefix = "__Host-" if IS_HTTPS else ""
SESSION_ENGINE = "identity.sessions"
SESSION_COOKIE_NAME = f"{_cookie_prefix}notesite"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
# The row's expire_date is the limit; the cookie itself ends with the browser.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * env.integer("SESSION_IDLE_MINUTES", 30, least=1, most=1_440)
SESSION_ABSOLUTE_AGE = 3_600 * env.integer("SESSION_MAX_HOURS", 12, least=1, most=720)

CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "notes.middleware.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Sign-in through Cognito -------------------------------------------------------------------

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["identity.backends.CognitoBackend"]
LOGIN_URL = "oidc_authentication_init"
LOGIN_REDIRECT_URL = "notes:list"

COGNITO_REGION = env.text("COGNITO_REGION", pattern=r"[a-z]{2}(-[a-z]+)+-\d")
COGNITO_USER_POOL_ID = env.text("COGNITO_USER_POOL_ID", pattern=r"[\w-]+_[0-9a-zA-Z]+")
COGNITO_DOMAIN = env.url("COGNITO_DOMAIN", path_allowed=False)
COGNITO_ENDPOINT_URL = env.url(
    "COGNITO_ENDPOINT_URL",
    f"https://cognito-idp.{COGNITO_REGION}.amazonaws.com",
    path_allowed=False,
)
COGNITO_ISSUER = f"{COGNITO_ENDPOINT_URL}/{COGNITO_USER_POOL_ID}"

# Which Cognito groups give which rights in Django; membership alone makes a Django group.
COGNITO_STAFF_GROUPS = {"admins"}
COGNITO_SUPERUSER_GROUPS = {"admins"}

OIDC_RP_CLIENT_ID = env.text("OIDC_RP_CLIENT_ID", pattern=r"[\w+]{1,128}")
OIDC_RP_CLIENT_SECRET = env.text("OIDC_RP_CLIENT_SECRET")
OIDC_RP_SCOPES = "openid email profile"
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{COGNITO_DOMAIN}/oauth2/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{COGNITO_DOMAIN}/oauth2/token"
OIDC_OP_USER_ENDPOINT = f"{COGNITO_DOMAIN}/oauth2/userInfo"
OIDC_OP_JWKS_ENDPOINT = f"{COGNITO_ISSUER}/.well-known/jwks.json"
OIDC_TIMEOUT = env.seconds("OIDC_TIMEOUT", 3, most=5)

# --- Notes API ---------------------------------------------------------------------------------

NOTES_API_URL = env.url("NOTES_API_URL")
NOTES_API_TIMEOUT = env.seconds("NOTES_API_TIMEOUT", 4, most=9)
NOTES_API_TOKEN = env.choice("NOTES_API_TOKEN", "id", {"id", "access"})
# The stack's output NotesTrashDays; the pages say it, the service decides it.
NOTES_TRASH_DAYS = env.integer("NOTES_TRASH_DAYS", 30, least=1, most=365)

# --- Content security policy -------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Signing out posts here and is redirected to Cognito's /logout, which counts as well.
        "form-action": [SELF, COGNITO_DOMAIN],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Logs --------------------------------------------------------------------------------------

LOGGING = log.configuration(env.choice("LOG_LEVEL", "INFO", log.LEVELS))

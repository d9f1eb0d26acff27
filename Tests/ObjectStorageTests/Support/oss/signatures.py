"""Recomputes the signature of a request with Aliyun's own signers and compares.

A request is signed again from what arrived, with the secret that belongs to its access key;
names and values of the query are decoded and encoded once more, as OSS does.
"""

import datetime
import hmac
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, quote

from alibabacloud_oss_v2.credentials import StaticCredentialsProvider
from alibabacloud_oss_v2.signer import SignerV1, SignerV4
from alibabacloud_oss_v2.types import HttpRequest, SigningContext
from requests.structures import CaseInsensitiveDict

from refusal import Refusal

UTC = datetime.timezone.utc
MAX_SKEW = datetime.timedelta(minutes=15)
MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60
V4 = "OSS4-HMAC-SHA256"


class Key:
    """An access key: its secret and, for temporary ones, the token that has to come along."""

    def __init__(self, secret, token=None, expires=None):
        self.secret = secret
        self.token = token
        self.expires = expires


class Verifier:
    def __init__(self, keys, region):
        self.keys = keys
        self.region = region

    def verify(self, method, query, headers, bucket, key):
        """Raises a refusal unless the request is signed with one of the keys."""
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        authorization = headers.get("Authorization", "")
        if "x-oss-signature" in pairs:
            self._query_v4(method, pairs, headers, bucket, key)
        elif "Signature" in pairs:
            self._query_v1(method, pairs, headers, bucket, key)
        elif authorization.startswith(V4 + " "):
            self._header_v4(method, pairs, headers, bucket, key, authorization)
        elif authorization.startswith("OSS "):
            self._header_v1(method, pairs, headers, bucket, key, authorization)
        else:
            raise Refusal(403, "AccessDenied", "You have no right to access this object because of bucket acl.")

    def _header_v4(self, method, pairs, headers, bucket, key, authorization):
        fields = self._fields(authorization)
        access, scope = self._scope(fields.get("Credential", ""))
        time = self._compact_time(headers.get("x-oss-date", ""))
        self._check_skew(time, scope)
        token = self._check_token(access, headers.get("x-oss-security-token"))
        context = self._context(method, pairs, headers, bucket, key, access, token)
        context.signing_time = time
        context.additional_headers = set(filter(None, fields.get("AdditionalHeaders", "").split(";")))
        SignerV4().sign(context)
        self._compare(self._fields(context.request.headers["Authorization"])["Signature"], fields.get("Signature", ""))

    def _fields(self, authorization):
        return dict(part.strip().partition("=")[::2] for part in authorization[len(V4) :].split(","))

    def _query_v4(self, method, pairs, headers, bucket, key):
        given = pairs.pop("x-oss-signature")
        if pairs.get("x-oss-signature-version") != V4 or not pairs.get("x-oss-expires", "").isdigit():
            raise Refusal(400, "AuthorizationQueryParametersError", "The query's authorization is incomplete.")
        access, scope = self._scope(pairs.get("x-oss-credential", ""))
        time = self._compact_time(pairs.get("x-oss-date", ""))
        seconds = int(pairs["x-oss-expires"])
        if not 0 < seconds <= MAX_EXPIRES_SECONDS or time.strftime("%Y%m%d") != scope:
            raise Refusal(400, "AuthorizationQueryParametersError", "x-oss-expires or the date is out of bounds.")
        expires = time + datetime.timedelta(seconds=seconds)
        self._check_expiry(expires)
        token = self._check_token(access, pairs.get("x-oss-security-token"))
        context = self._context(method, pairs, headers, bucket, key, access, token)
        context.signing_time, context.expiration_time = time, expires
        context.additional_headers = set(filter(None, pairs.get("x-oss-additional-headers", "").split(";")))
        context.auth_method_query = True
        SignerV4().sign(context)
        self._compare(self._signature_of(context, "x-oss-signature"), given)

    def _header_v1(self, method, pairs, headers, bucket, key, authorization):
        access = authorization[4:].partition(":")[0]
        try:
            time = parsedate_to_datetime(headers.get("x-oss-date") or headers.get("Date", ""))
        except ValueError:
            raise Refusal(403, "AccessDenied", "OSS authentication requires a valid Date.")
        self._check_skew(time)
        # The header has two names: oss2 signs x-oss-security-token, the newer SDKs send security-token unsigned.
        self._check_token(access, headers.get("security-token") or headers.get("x-oss-security-token"))
        context = self._context(method, pairs, headers, bucket, key, access, None)
        context.signing_time = time
        SignerV1().sign(context)
        self._compare(context.request.headers["Authorization"], authorization)

    def _query_v1(self, method, pairs, headers, bucket, key):
        given = pairs.pop("Signature")
        access = pairs.get("OSSAccessKeyId", "")
        if not pairs.get("Expires", "").isdigit():
            raise Refusal(403, "AccessDenied", "Invalid date (should be seconds since epoch).")
        expires = datetime.datetime.fromtimestamp(int(pairs["Expires"]), UTC)
        self._check_expiry(expires)
        token = self._check_token(access, pairs.get("security-token"))
        context = self._context(method, pairs, headers, bucket, key, access, token)
        context.expiration_time = expires
        context.auth_method_query = True
        SignerV1().sign(context)
        self._compare(self._signature_of(context, "Signature"), given)

    def _context(self, method, pairs, headers, bucket, key, access, token):
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs.items())
        # Only OSS fields and those that any signature can have: a signer takes what it finds.
        signed = CaseInsensitiveDict(headers.items())
        signed.pop("Authorization", None)
        return SigningContext(
            product="oss",
            region=self.region,
            bucket=bucket,
            key=key,
            request=HttpRequest(method, f"http://oss/?{query}", headers=signed),
            credentials=StaticCredentialsProvider(access, self._key(access).secret, token).get_credentials(),
        )

    def _signature_of(self, context, name):
        return dict(parse_qsl(context.request.url.partition("?")[2], keep_blank_values=True))[name]

    def _key(self, access):
        if access not in self.keys:
            raise Refusal(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
        return self.keys[access]

    def _scope(self, credential):
        parts = credential.split("/")
        if len(parts) != 5 or parts[3:] != ["oss", "aliyun_v4_request"]:
            raise Refusal(400, "InvalidArgument", "The credential's scope is malformed.")
        if parts[2] != self.region:
            raise Refusal(400, "InvalidArgument", f"Invalid signing region in Authorization header: {parts[2]}.")
        return parts[0], parts[1]

    def _check_token(self, access, token):
        key = self._key(access)
        if key.token != token:
            raise Refusal(403, "InvalidSecurityToken", "The security token you provided is invalid.")
        if key.expires and key.expires < datetime.datetime.now(UTC).timestamp():
            raise Refusal(403, "SecurityTokenExpired", "The security token you provided has expired.")
        return token

    def _check_skew(self, time, day=None):
        if abs(datetime.datetime.now(UTC) - time) > MAX_SKEW or (day and time.strftime("%Y%m%d") != day):
            message = "The difference between the request time and the current time is too large."
            raise Refusal(403, "RequestTimeTooSkewed", message)

    def _check_expiry(self, expires):
        if expires < datetime.datetime.now(UTC):
            raise Refusal(403, "AccessDenied", "Request has expired.")

    def _compact_time(self, text):
        try:
            return datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise Refusal(403, "AccessDenied", "Invalid x-oss-date.")

    def _compare(self, expected, given):
        if not hmac.compare_digest(expected, given):
            message = "The request signature we calculated does not match the signature you provided."
            raise Refusal(403, "SignatureDoesNotMatch", message)

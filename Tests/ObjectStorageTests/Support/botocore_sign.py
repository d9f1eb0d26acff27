"""Signs requests with botocore: one JSON object a line in, the signature or the presigned address a line out."""
import datetime
import json
import sys
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for line in sys.stdin:
    wanted = json.loads(line)
    credentials = Credentials("AKID", "secret/key+=", wanted.get("token"))
    now = datetime.datetime.fromtimestamp(wanted["time"], datetime.timezone.utc)
    request = AWSRequest(wanted["method"], wanted["url"], headers=wanted["headers"], data=b"")
    with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
        if wanted.get("expires"):
            auth.S3SigV4QueryAuth(credentials, "s3", "eu-west-3", expires=wanted["expires"]).add_auth(request)
            print(request.url)
        else:
            auth.S3SigV4Auth(credentials, "s3", "eu-west-3").add_auth(request)
            print(request.headers["Authorization"].rsplit("=", 1)[1])

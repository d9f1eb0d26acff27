"""Drives the test server with Aliyun's own clients, so that the server itself is proven.

usage: check_with_sdk.py URL BUCKET (its access key is ak/sk, and sts/sk with the token t+/=)
"""

import datetime
import io
import os
import sys

import alibabacloud_oss_v2 as oss
import oss2
import requests
from alibabacloud_oss_v2.signer import SignerV1, SignerV4
from alibabacloud_oss_v2.types import HttpRequest, SigningContext

url, bucket = sys.argv[1:]
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def client(version="v4", access="ak", secret="sk", token=None, **options):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(access, secret, token)
    config.region, config.endpoint, config.use_path_style = "cn-hangzhou", url, True
    config.signature_version = version
    config.retry_max_attempts = 1
    for name, value in options.items():
        setattr(config, name, value)
    return oss.Client(config)


def refused(code, action):
    try:
        action()
    except oss.exceptions.OperationError as error:
        found = error.unwrap().code
    except oss2.exceptions.ServerError as error:
        found = error.code
    else:
        raise AssertionError(f"nothing was refused; expected {code}")
    assert found == code, f"{found} instead of {code}"


def put(sdk, key, data, **options):
    return sdk.put_object(oss.PutObjectRequest(bucket=bucket, key=key, body=data, **options))


def get(sdk, key, **options):
    return sdk.get_object(oss.GetObjectRequest(bucket=bucket, key=key, **options)).body.read()


@check
def objects(version):
    sdk = client(version)
    for key in ["a", "中文 é/+%&?#.mp4", "~!@()*' /x"]:
        result = put(sdk, f"{version}/{key}", b"hello" * 1000, content_type="video/mp4")
        assert result.etag.strip('"') == "AC6B7AC9CFEDB08C28FC5E4E7C4C4FDD" or len(result.etag) == 34
        assert get(sdk, f"{version}/{key}") == b"hello" * 1000
        assert get(sdk, f"{version}/{key}", range_header="bytes=2-6") == b"llohe"
        head = sdk.head_object(oss.HeadObjectRequest(bucket=bucket, key=f"{version}/{key}"))
        assert head.content_length == 5000 and head.hash_crc64 == result.hash_crc64
        assert head.content_type == "video/mp4"
    sdk.copy_object(oss.CopyObjectRequest(bucket=bucket, key=f"{version}/copy", source_key=f"{version}/a"))
    assert get(sdk, f"{version}/copy") == b"hello" * 1000
    sdk.delete_object(oss.DeleteObjectRequest(bucket=bucket, key=f"{version}/copy"))
    refused("NoSuchKey", lambda: get(sdk, f"{version}/copy"))


@check
def listings(version):
    sdk = client(version)
    keys = [f"list/{version}/{number:03}é" for number in range(23)]
    for key in keys:
        put(sdk, key, b"x")
    pages = sdk.list_objects_v2_paginator(limit=10)
    request = oss.ListObjectsV2Request(bucket=bucket, prefix=f"list/{version}/")
    found = [item.key for page in pages.iter_page(request) for item in page.contents]
    assert found == keys, found
    objects = [oss.DeleteObject(key=key) for key in keys]
    sdk.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(bucket=bucket, objects=objects))
    assert not sdk.list_objects_v2(request).contents


@check
def uploads(version):
    sdk = client(version)
    key, data = f"parts/{version}", os.urandom(700_001)
    begun = sdk.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=bucket, key=key))
    size, parts = 300_000, []
    for number, start in enumerate(range(0, len(data), size), 1):
        body = data[start : start + size]
        part = sdk.upload_part(
            oss.UploadPartRequest(bucket=bucket, key=key, upload_id=begun.upload_id, part_number=number, body=body)
        )
        parts.append(oss.UploadPart(part_number=number, etag=part.etag))
    listed = sdk.list_parts(oss.ListPartsRequest(bucket=bucket, key=key, upload_id=begun.upload_id))
    assert [part.size for part in listed.parts] == [300_000, 300_000, 100_001]
    running = sdk.list_multipart_uploads(oss.ListMultipartUploadsRequest(bucket=bucket, prefix=key))
    assert [upload.upload_id for upload in running.uploads] == [begun.upload_id]
    done = sdk.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(
            bucket=bucket,
            key=key,
            upload_id=begun.upload_id,
            complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts),
        )
    )
    assert done.etag.endswith('-3"')
    assert get(sdk, key) == data
    other = sdk.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=bucket, key=key))
    abort = oss.AbortMultipartUploadRequest(bucket=bucket, key=key, upload_id=other.upload_id)
    sdk.abort_multipart_upload(abort)
    refused("NoSuchUpload", lambda: sdk.abort_multipart_upload(abort))


@check
def managers(version):
    """Aliyun's uploader and downloader, which compare CRC-64 themselves."""
    sdk, data = client(version), os.urandom(2_500_000)
    uploader = sdk.uploader(part_size=1 << 20)
    uploader.upload_from(oss.PutObjectRequest(bucket=bucket, key=f"manager/{version}"), io.BytesIO(data))
    assert get(sdk, f"manager/{version}") == data


@check
def addresses(version):
    sdk = client(version)
    put(sdk, f"signed/{version}", b"signed")
    presigned = sdk.presign(oss.GetObjectRequest(bucket=bucket, key=f"signed/{version}"))
    assert requests.get(presigned.url).content == b"signed"
    presigned = sdk.presign(oss.PutObjectRequest(bucket=bucket, key=f"signed/{version}"))
    assert requests.put(presigned.url, b"new", headers=presigned.signed_headers).status_code == 200
    assert get(sdk, f"signed/{version}") == b"new"


@check
def older_sdk(version):
    auth = (oss2.AuthV4 if version == "v4" else oss2.Auth)("ak", "sk")
    old = oss2.Bucket(auth, url, bucket, region="cn-hangzhou", is_path_style=True)
    data = os.urandom(300_000)
    old.put_object(f"old/{version}/é", data)
    assert old.get_object(f"old/{version}/é").read() == data
    assert [item.key for item in oss2.ObjectIteratorV2(old, prefix=f"old/{version}/", max_keys=1)] == [f"old/{version}/é"]
    signed = old.sign_url("GET", f"old/{version}/é", 60, slash_safe=True)
    assert requests.get(signed).content == data


@check
def tokens(version):
    sdk = client(version, "sts", "sk", "t+/=")
    put(sdk, f"token/{version}", b"1")
    assert get(sdk, f"token/{version}") == b"1"
    signed = sdk.presign(oss.GetObjectRequest(bucket=bucket, key=f"token/{version}"))
    assert requests.get(signed.url).content == b"1"
    refused("InvalidSecurityToken", lambda: get(client(version, "sts", "sk", "other"), f"token/{version}"))
    refused("InvalidSecurityToken", lambda: get(client(version, "sts", "sk"), f"token/{version}"))


@check
def wrong_keys(version):
    put(client(version), f"wrong/{version}", b"1")
    refused("SignatureDoesNotMatch", lambda: get(client(version, "ak", "other"), f"wrong/{version}"))
    refused("InvalidAccessKeyId", lambda: get(client(version, "nobody", "sk"), f"wrong/{version}"))
    old = oss2.Bucket(oss2.Auth("ak", "other"), url, bucket, is_path_style=True)
    refused("SignatureDoesNotMatch", lambda: old.get_object(f"wrong/{version}").read())
    anonymous = client(version, credentials_provider=oss.credentials.AnonymousCredentialsProvider())
    refused("AccessDenied", lambda: get(anonymous, f"wrong/{version}"))


@check
def altered_requests(version):
    """What was signed cannot be changed afterwards, nor used when its time is over."""
    sdk = client(version)
    put(sdk, f"altered/{version}", b"1")
    signed = sdk.presign(oss.GetObjectRequest(bucket=bucket, key=f"altered/{version}")).url
    assert requests.get(signed).status_code == 200
    assert requests.get(signed, headers={"x-oss-meta-more": "1"}).status_code == 403
    assert requests.get(signed.replace("altered", "another")).status_code == 403
    assert requests.put(signed, b"2").status_code == 403
    longer = signed.replace("x-oss-expires=", "x-oss-expires=1").replace("&Expires=", "&Expires=1")
    assert longer != signed and requests.get(longer).status_code == 403


@check
def expired_addresses(version):
    put(client(version), f"expired/{version}", b"1")
    hour, now = datetime.timedelta(hours=1), datetime.datetime.now(datetime.timezone.utc)
    for expiration, status in [(now + hour, 200), (now - hour, 403)]:
        context = SigningContext(
            product="oss",
            region="cn-hangzhou",
            bucket=bucket,
            key=f"expired/{version}",
            request=HttpRequest("GET", f"{url}/{bucket}/expired/{version}"),
            credentials=oss.credentials.StaticCredentialsProvider("ak", "sk").get_credentials(),
            signing_time=now - 2 * hour,
        )
        context.auth_method_query, context.expiration_time = True, expiration
        (SignerV4 if version == "v4" else SignerV1)().sign(context)
        answer = requests.get(context.request.url)
        assert answer.status_code == status, answer.text
        assert status == 200 or "<Message>Request has expired.</Message>" in answer.text


@check
def altered_headers(version):
    """A header that was signed, changed on the way."""
    for change, status in [({}, 200), ({"Content-Type": "text/html"}, 403), ({"x-oss-meta-a": "2"}, 403)]:
        request = HttpRequest("PUT", f"{url}/{bucket}/header", {"Content-Type": "video/mp4", "x-oss-meta-a": "1"})
        context = SigningContext(
            product="oss",
            region="cn-hangzhou",
            bucket=bucket,
            key="header",
            request=request,
            credentials=oss.credentials.StaticCredentialsProvider("ak", "sk").get_credentials(),
        )
        (SignerV4 if version == "v4" else SignerV1)().sign(context)
        answer = requests.put(request.url, b"1", headers={**request.headers, **change})
        assert answer.status_code == status, answer.text
        assert status == 200 or "SignatureDoesNotMatch" in answer.text


for version in ["v4", "v1"]:
    for function in CHECKS:
        function(version)
        print(f"{version} {function.__name__}")

"""A server that behaves as Aliyun OSS does, for tests: signatures, objects, uploads in parts, listings, errors.

It prints its port and goes when its standard input is closed.
"""

import argparse
import base64
import email.utils
import hashlib
import json
import os
import re
import sys
import threading
import time
import uuid
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote
from xml.sax.saxutils import escape

from objects import PIECE, Store
from refusal import Refusal
from signatures import Key, Verifier

MAX_KEYS = 1000
MAX_COPY_BYTES = 1 << 30


def element(name, *content):
    return f"<{name}>{''.join(content)}</{name}>"


def text(name, value):
    return element(name, escape(str(value)))


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AliyunOSS"
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            # The client hung up, as some tests do.
            self.close_connection = True

    def send_response(self, code, message=None):
        self.answered = True
        super().send_response(code, message)

    def handle_any(self):
        self.request_id = uuid.uuid4().hex[:24].upper()
        self.body_left = None
        self.answered = False
        try:
            self.locate()
            self.server.verifier.verify(self.command, self.raw_query, self.headers, self.bucket, self.key)
            if self.bucket is not None and self.bucket not in self.server.buckets:
                raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist.")
            self.route()
        except Refusal as refusal:
            self.refuse(refusal)
        except (ConnectionError, EOFError):
            self.close_connection = True
        self.wfile.flush()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

    def locate(self):
        """Finds bucket and key: `bucket.host/key`, or `host/bucket/key`."""
        path, _, self.raw_query = self.path.partition("?")
        self.query = {name: values[0] for name, values in parse_qs(self.raw_query, keep_blank_values=True).items()}
        path = unquote(path)[1:]
        first = self.headers.get("Host", "").partition(".")[0]
        if first in self.server.buckets:
            self.bucket, self.key = first, path or None
        else:
            bucket, _, key = path.partition("/")
            self.bucket, self.key = bucket or None, key or None

    def route(self):
        names = set(self.query)
        if self.key is None:
            if self.command == "GET" and "uploads" in names:
                return self.list_uploads()
            if self.command == "GET":
                return self.list_objects()
            if self.command == "POST" and "delete" in names:
                return self.delete_objects()
        elif "uploadId" in names:
            actions = {"PUT": self.put_part, "GET": self.list_parts, "POST": self.complete, "DELETE": self.abort}
            return actions.get(self.command, self.not_allowed)()
        elif self.command == "POST" and "uploads" in names:
            return self.initiate()
        else:
            actions = {"PUT": self.put_object, "GET": self.get_object, "HEAD": self.get_object, "DELETE": self.delete}
            return actions.get(self.command, self.not_allowed)()
        self.not_allowed()

    def not_allowed(self):
        raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")

    # Bodies

    def pieces(self):
        """The request's body as it arrives, its length checked."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield from self.read_exactly(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            self.body_left = 0
        elif self.headers.get("Content-Length") is None:
            self.body_left = 0
            raise Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
        else:
            yield from self.read_exactly(int(self.headers["Content-Length"]))

    def read_exactly(self, size):
        self.body_left = size
        while self.body_left > 0:
            piece = self.rfile.read(min(PIECE, self.body_left))
            if not piece:
                raise EOFError
            self.body_left -= len(piece)
            yield piece

    def receive(self):
        blob = self.server.store.receive(self.pieces())
        md5 = self.headers.get("Content-MD5")
        if md5 and base64.b64decode(md5).hex() != blob.md5:
            os.unlink(blob.path)
            raise Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
        return blob

    def document(self):
        body = b"".join(self.pieces())
        md5 = self.headers.get("Content-MD5")
        if md5 and base64.b64decode(md5) != hashlib.md5(body).digest():
            raise Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
        try:
            return ElementTree.fromstring(body)
        except ElementTree.ParseError:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed.")

    # Answers

    def answer(self, status=200, headers=(), body=b"", length=None):
        self.drain()
        self.send_response(status)
        self.send_header("x-oss-request-id", self.request_id)
        for name, value in headers:
            self.send_header(name, str(value))
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_xml(self, name, *content, headers=(), status=200):
        document = '<?xml version="1.0" encoding="UTF-8"?>\n' + element(name, *content)
        self.answer(status, [("Content-Type", "application/xml"), *headers], document.encode())

    def refuse(self, refusal):
        if self.answered:
            self.close_connection = True
            return
        content = [text("Code", refusal.code), text("Message", refusal.message)]
        content += [text("RequestId", self.request_id), text("HostId", self.headers.get("Host", ""))]
        document = '<?xml version="1.0" encoding="UTF-8"?>\n' + element("Error", *content)
        headers = [("Content-Type", "application/xml")]
        if self.command == "HEAD":
            headers.append(("x-oss-err", base64.b64encode(document.encode()).decode()))
        self.answer(refusal.status, headers, document.encode())

    def drain(self):
        """Reads what is left of a body, so that the connection can be used again."""
        left = self.body_left
        if left is None:
            left = int(self.headers.get("Content-Length") or 0)
            if self.headers.get("Transfer-Encoding"):
                self.close_connection = True
        while left > 0:
            piece = self.rfile.read(min(PIECE, left))
            if not piece:
                raise EOFError
            left -= len(piece)
        self.body_left = 0

    # Objects

    def put_object(self):
        if "x-oss-copy-source" in self.headers:
            return self.copy_object()
        blob = self.receive()
        if self.headers.get("x-oss-forbid-overwrite") == "true" and self.key in self.server.store.objects:
            raise Refusal(409, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.")
        self.server.store.put(self.key, blob, self.content_type())
        self.answer(headers=[("ETag", f'"{blob.etag}"'), ("x-oss-hash-crc64ecma", blob.crc)])

    def content_type(self):
        return self.headers.get("Content-Type") or "application/octet-stream"

    def source(self):
        bucket, _, key = unquote(self.headers["x-oss-copy-source"]).lstrip("/").partition("/")
        if bucket not in self.server.buckets:
            raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist.")
        found = self.server.store.find(key)
        self.check_etag(found, "x-oss-copy-source-if-match")
        return found

    def copy_object(self):
        found = self.source()
        if found.blob.size > self.server.max_copy_bytes:
            message = "The specified copy source is larger than the maximum allowable size for a copy source."
            raise Refusal(400, "InvalidArgument", message)
        made = self.server.store.put(self.key, found.blob, found.content_type)
        content = [text("ETag", f'"{made.etag}"'), text("LastModified", iso(made.modified))]
        self.answer_xml("CopyObjectResult", *content, headers=[("x-oss-hash-crc64ecma", made.blob.crc)])

    def check_etag(self, found, header):
        wanted = self.headers.get(header)
        if wanted and wanted.strip('"').upper() != found.etag:
            raise Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")

    def get_object(self):
        found = self.server.store.find(self.key)
        self.check_etag(found, "If-Match")
        size = found.blob.size
        headers = [("Content-Type", found.content_type), ("ETag", f'"{found.etag}"'), ("Accept-Ranges", "bytes")]
        headers += [("Last-Modified", email.utils.formatdate(found.modified, usegmt=True))]
        headers += [("x-oss-object-type", found.kind), ("x-oss-hash-crc64ecma", found.blob.crc)]
        span = self.range_of(size)
        status, (start, end) = (206, span) if span else (200, (0, size))
        if span:
            headers.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
        self.answer(status, headers, length=end - start)
        if self.command == "GET":
            for piece in self.server.store.read(found.blob, start, end):
                self.wfile.write(piece)

    def range_of(self, size):
        """Start and end of what is asked for; None is all of it, which OSS also answers to an impossible range."""
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not match or match.groups() == ("", ""):
            return None
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        strict = self.headers.get("x-oss-range-behavior") == "standard"
        if start >= size:
            if strict:
                raise Refusal(416, "InvalidRange", "The requested range cannot be satisfied.")
            return None
        return (start, end) if start < end else None

    def delete(self):
        self.server.store.delete(self.key)
        self.answer(204)

    def delete_objects(self):
        if "Content-MD5" not in self.headers:
            raise Refusal(400, "InvalidDigest", "Content-MD5 is required.")
        document = self.document()
        keys = [node.text or "" for node in document.iterfind("Object/Key")]
        if not 0 < len(keys) <= MAX_KEYS:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed.")
        for key in keys:
            self.server.store.delete(key)
        if document.findtext("Quiet") == "true":
            return self.answer()
        self.answer_xml("DeleteResult", *(element("Deleted", self.name("Key", key)) for key in keys))

    # Listings

    def name(self, name, key):
        return text(name, quote(key, safe="/") if self.query.get("encoding-type") == "url" else key)

    def page(self, entries, limit, after):
        """The entries of one page, and whether there are more; an entry's first field is its place."""
        limit = min(limit, self.server.page_size)
        rest = [entry for entry in entries if after is None or entry[0] > after]
        return rest[:limit], len(rest) > limit

    def limit(self, name):
        value = self.query.get(name, "100")
        if not value.isdigit() or not 1 <= int(value) <= MAX_KEYS:
            raise Refusal(400, "InvalidArgument", f"Argument {name} must be an integer between 1 and 1000.")
        return int(value)

    def list_objects(self):
        is_second = self.query.get("list-type") == "2"
        prefix, limit = self.query.get("prefix", ""), self.limit("max-keys")
        after = self.query.get("start-after" if is_second else "marker") or None
        if is_second and "continuation-token" in self.query:
            after = base64.b64decode(self.query["continuation-token"]).decode()
        with self.server.store.lock:
            found = sorted((key, item) for key, item in self.server.store.objects.items() if key.startswith(prefix))
        page, more = self.page(found, limit, after)
        content = [text("Name", self.bucket), self.name("Prefix", prefix), text("MaxKeys", limit)]
        content += [text("IsTruncated", str(more).lower()), text("KeyCount", len(page))]
        if more and is_second:
            content.append(text("NextContinuationToken", base64.b64encode(page[-1][0].encode()).decode()))
        elif more:
            content.append(self.name("NextMarker", page[-1][0]))
        if "encoding-type" in self.query:
            content.append(text("EncodingType", "url"))
        self.answer_xml("ListBucketResult", *content, *(self.entry(key, item) for key, item in page))

    def entry(self, key, item):
        content = [self.name("Key", key), text("LastModified", iso(item.modified)), text("ETag", f'"{item.etag}"')]
        content += [text("Type", item.kind), text("Size", item.blob.size), text("StorageClass", "Standard")]
        return element("Contents", *content)

    def list_uploads(self):
        prefix, limit = self.query.get("prefix", ""), self.limit("max-uploads")
        after = None
        if self.query.get("key-marker"):
            after = (self.query["key-marker"], self.query.get("upload-id-marker") or "\uffff")
        with self.server.store.lock:
            uploads = [upload for upload in self.server.store.uploads.values() if upload.key.startswith(prefix)]
        entries = sorted(((upload.key, upload.id), upload) for upload in uploads)
        page, more = self.page(entries, limit, after)
        content = [text("Bucket", self.bucket), text("MaxUploads", limit), text("IsTruncated", str(more).lower())]
        if more:
            content += [self.name("NextKeyMarker", page[-1][0][0]), text("NextUploadIdMarker", page[-1][0][1])]
        for (key, upload_id), upload in page:
            fields = [self.name("Key", key), text("UploadId", upload_id), text("Initiated", iso(upload.started))]
            content.append(element("Upload", *fields))
        self.answer_xml("ListMultipartUploadsResult", *content)

    # Uploads in parts

    def initiate(self):
        upload = self.server.store.begin(self.key, self.content_type())
        content = [text("Bucket", self.bucket), self.name("Key", self.key), text("UploadId", upload.id)]
        self.answer_xml("InitiateMultipartUploadResult", *content)

    def part_number(self):
        number = self.query.get("partNumber", "")
        if not number.isdigit():
            raise Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive.")
        return int(number)

    def put_part(self):
        store, upload_id = self.server.store, self.query["uploadId"]
        if "x-oss-copy-source" in self.headers:
            return self.copy_part()
        blob = self.receive()
        store.put_part(self.key, upload_id, self.part_number(), blob)
        self.answer(headers=[("ETag", f'"{blob.etag}"'), ("x-oss-hash-crc64ecma", blob.crc)])

    def copy_part(self):
        found = self.source()
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("x-oss-copy-source-range", ""))
        start, end = (int(match[1]), int(match[2]) + 1) if match else (0, found.blob.size)
        if end > found.blob.size or end - start > self.server.max_copy_bytes:
            raise Refusal(400, "InvalidArgument", "The range of the copy source is invalid.")
        store = self.server.store
        blob = store.receive(store.read(found.blob, start, end))
        store.put_part(self.key, self.query["uploadId"], self.part_number(), blob)
        content = [text("LastModified", iso(time.time())), text("ETag", f'"{blob.etag}"')]
        self.answer_xml("CopyPartResult", *content, headers=[("x-oss-hash-crc64ecma", blob.crc)])

    def list_parts(self):
        limit, marker = self.limit("max-parts") if "max-parts" in self.query else MAX_KEYS, self.query.get("part-number-marker")
        with self.server.store.lock:
            parts = sorted(self.server.store.upload(self.key, self.query["uploadId"]).parts.items())
        page, more = self.page(parts, limit, int(marker) if marker else None)
        content = [text("Bucket", self.bucket), self.name("Key", self.key), text("UploadId", self.query["uploadId"])]
        content += [text("MaxParts", limit), text("IsTruncated", str(more).lower())]
        if page:
            content.append(text("NextPartNumberMarker", page[-1][0]))
        for number, (blob, modified) in page:
            fields = [text("PartNumber", number), text("LastModified", iso(modified)), text("ETag", f'"{blob.etag}"')]
            fields += [text("HashCrc64ecma", blob.crc), text("Size", blob.size)]
            content.append(element("Part", *fields))
        self.answer_xml("ListPartsResult", *content)

    def complete(self):
        document = self.document()
        wanted = [(int(part.findtext("PartNumber")), part.findtext("ETag")) for part in document.iterfind("Part")]
        made = self.server.store.complete(self.key, self.query["uploadId"], wanted)
        content = [text("Bucket", self.bucket), self.name("Key", self.key), text("ETag", f'"{made.etag}"')]
        headers = [("x-oss-hash-crc64ecma", made.blob.crc)]
        self.answer_xml("CompleteMultipartUploadResult", *content, headers=headers)

    def abort(self):
        self.server.store.abort(self.key, self.query["uploadId"])
        self.answer(204)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the bytes go")
    parser.add_argument("--bucket", action="append", default=[])
    parser.add_argument("--region", default="cn-hangzhou")
    parser.add_argument("--keys", default='{"ak": {"secret": "sk"}}', help="access keys as JSON")
    parser.add_argument("--page-size", type=int, default=MAX_KEYS, help="the most that one page of a listing has")
    parser.add_argument("--min-part-bytes", type=int, default=100 * 1024)
    parser.add_argument("--max-copy-bytes", type=int, default=MAX_COPY_BYTES)
    arguments = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    server.store = Store(arguments.folder, arguments.min_part_bytes)
    server.verifier = Verifier({name: Key(**key) for name, key in json.loads(arguments.keys).items()}, arguments.region)
    server.buckets = arguments.bucket
    server.page_size = arguments.page_size
    server.max_copy_bytes = arguments.max_copy_bytes
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


main()

"""The objects and uploads of the server: bytes in files, all else in memory."""

import hashlib
import os
import threading
import time
import uuid

from alibabacloud_oss_v2.crc import Crc64

from refusal import Refusal

PIECE = 1 << 20


class Blob:
    """Bytes in a file, with their checksums."""

    def __init__(self, path, size, md5, crc):
        self.path = path
        self.size = size
        self.md5 = md5
        self.crc = crc

    @property
    def etag(self):
        return self.md5.upper()


class Object:
    def __init__(self, blob, content_type, etag=None, kind="Normal"):
        self.blob = blob
        self.content_type = content_type
        self.etag = etag or blob.etag
        self.kind = kind
        self.modified = time.time()


class Upload:
    def __init__(self, key, content_type):
        self.key = key
        self.content_type = content_type
        self.id = uuid.uuid4().hex.upper()
        self.started = time.time()
        self.parts = {}


class Store:
    def __init__(self, folder, min_part_bytes):
        self.folder = folder
        self.min_part_bytes = min_part_bytes
        self.lock = threading.RLock()
        self.objects = {}
        self.uploads = {}

    def receive(self, pieces):
        """Writes what arrives to a file."""
        path = os.path.join(self.folder, uuid.uuid4().hex)
        md5, crc, size = hashlib.md5(), Crc64(0), 0
        try:
            with open(path, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                    md5.update(piece)
                    crc.update(piece)
                    size += len(piece)
        except BaseException:
            os.unlink(path)
            raise
        return Blob(path, size, md5.hexdigest(), crc.sum64())

    def read(self, blob, start=0, end=None):
        with open(blob.path, "rb") as file:
            file.seek(start)
            left = (blob.size if end is None else end) - start
            while left > 0:
                piece = file.read(min(PIECE, left))
                left -= len(piece)
                yield piece

    def put(self, key, blob, content_type, etag=None, kind="Normal"):
        with self.lock:
            self.objects[key] = Object(blob, content_type, etag, kind)
            return self.objects[key]

    def find(self, key):
        with self.lock:
            if key not in self.objects:
                raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
            return self.objects[key]

    def delete(self, key):
        with self.lock:
            self.objects.pop(key, None)

    def begin(self, key, content_type):
        with self.lock:
            upload = Upload(key, content_type)
            self.uploads[upload.id] = upload
            return upload

    def upload(self, key, upload_id):
        with self.lock:
            upload = self.uploads.get(upload_id)
            if upload is None or upload.key != key:
                message = "The specified upload does not exist. The upload ID may be invalid, or it was aborted or completed."
                raise Refusal(404, "NoSuchUpload", message)
            return upload

    def put_part(self, key, upload_id, number, blob):
        if not 1 <= number <= 10_000:
            raise Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive.")
        with self.lock:
            self.upload(key, upload_id).parts[number] = (blob, time.time())

    def abort(self, key, upload_id):
        with self.lock:
            del self.uploads[self.upload(key, upload_id).id]

    def complete(self, key, upload_id, wanted):
        """Makes an object of parts, given as numbers and etags."""
        with self.lock:
            upload = self.upload(key, upload_id)
            blobs = self._check_parts(upload, wanted)
            whole = self.receive(piece for blob in blobs for piece in self.read(blob))
            etags = "".join(blob.etag for blob in blobs)
            etag = f"{hashlib.md5(etags.encode()).hexdigest().upper()}-{len(blobs)}"
            del self.uploads[upload_id]
            return self.put(key, whole, upload.content_type, etag, "Multipart")

    def _check_parts(self, upload, wanted):
        numbers = [number for number, _ in wanted]
        if not wanted:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed.")
        if numbers != sorted(set(numbers)):
            raise Refusal(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
        for number, etag in wanted:
            if number not in upload.parts or upload.parts[number][0].etag != etag.strip('"').upper():
                raise Refusal(400, "InvalidPart", "One or more of the specified parts could not be found.")
        blobs = [upload.parts[number][0] for number in numbers]
        if any(blob.size < self.min_part_bytes for blob in blobs[:-1]):
            raise Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")
        return blobs

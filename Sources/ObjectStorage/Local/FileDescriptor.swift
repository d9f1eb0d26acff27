import CLinux
import Glibc
import NIOCore

/// An open file or folder, closed when the last reference goes.
///
/// Sendable because the number never changes; the calls on it are made by one
/// job of the thread pool at a time.
final class FileDescriptor: Sendable {
    let number: Int32
    /// For errors.
    let path: String

    /// The path `name`, relative to an open folder when one is given.
    ///
    /// A link is refused as its last part.
    init(
        opening name: String,
        in folder: FileDescriptor? = nil,
        flags: Int32,
        mode: mode_t = 0o644
    ) throws(StorageError) {
        path = folder.map { "\($0.path)/\(name)" } ?? name
        number = retryingInterrupts { openat(folder?.number ?? AT_FDCWD, name, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
        guard number >= 0 else { throw StorageError(errno: errno, doing: "open", subject: path) }
    }

    /// A file of somebody else to be read: nothing but a regular file is.
    convenience init(openingSource path: String) throws(StorageError) {
        // Without O_NONBLOCK, opening a named pipe would wait for its other end.
        try self.init(opening: path, flags: O_RDONLY | O_NONBLOCK)
        guard try status().isRegularFile else {
            throw StorageError(.invalid, doing: "open", subject: path, message: "not a regular file")
        }
    }

    deinit { close(number) }

    func status() throws(StorageError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw StorageError(errno: errno, doing: "stat", subject: path) }
        return status
    }

    /// Waits until the bytes, or the entries of a folder, are on the disk.
    func synchronize() throws(StorageError) {
        guard retryingInterrupts({ fsync(number) }) == 0 else {
            throw StorageError(errno: errno, doing: "fsync", subject: path)
        }
    }

    /// Writes everything at the file's position.
    func write(_ buffer: ByteBuffer) throws(StorageError) {
        let failure = buffer.withUnsafeReadableBytes { writeAll($0) { Glibc.write(number, $0.baseAddress, $0.count) } }
        if let failure { throw StorageError(errno: failure, doing: "write", subject: path) }
    }

    /// Writes everything at a place in the file.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StorageError) {
        var position = off_t(offset)
        let failure = writeAll(bytes) { rest in
            var count = pwrite(number, rest.baseAddress, rest.count, position)
            // After a short write, or on a disk with larger sectors, the rest is not aligned as `O_DIRECT` wants it.
            if count < 0, errno == EINVAL, setDirect(false) {
                count = pwrite(number, rest.baseAddress, rest.count, position)
            }
            position += off_t(max(0, count))
            return count
        }
        if let failure { throw StorageError(errno: failure, doing: "write", subject: path) }
    }

    /// Writes all of another file, or a range of it, at the file's position.
    ///
    /// Where the filesystem can, the bytes are shared and not copied.
    func append(_ source: FileDescriptor, range: Range<Int64>? = nil) throws(StorageError) {
        let whole = 0..<Int64(try source.status().st_size)
        var offset = off_t((range ?? whole).lowerBound)
        let end = (range ?? whole).upperBound
        while offset < end {
            let count = retryingInterrupts {
                clinux_copy_file_range(source.number, &offset, number, Int(min(end - Int64(offset), 1 << 30)))
            }
            if count < 0, [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) {
                return try appendByReading(source, range: Int64(offset)..<end)
            }
            if count < 0 { throw StorageError(errno: errno, doing: "write", subject: path) }
            if count == 0 { throw Self.becameShorter(source) }
        }
    }

    /// The same between filesystems that have nothing in common.
    private func appendByReading(_ source: FileDescriptor, range: Range<Int64>) throws(StorageError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let piece = try source.read(at: offset, count: Int(min(range.upperBound - offset, 1 << 20)))
            guard piece.readableBytes > 0 else { throw Self.becameShorter(source) }
            try write(piece)
            offset += Int64(piece.readableBytes)
        }
    }

    static func becameShorter(_ file: FileDescriptor) -> StorageError {
        StorageError(.system, doing: "read", subject: file.path, message: "the file became shorter")
    }

    /// Whether writing goes past the system's cache; false when this filesystem cannot.
    func setDirect(_ isDirect: Bool) -> Bool {
        // From asm/fcntl.h; Swift does not import it.
        #if arch(arm64)
            let direct: Int32 = 0o200000
        #else
            let direct: Int32 = 0o40000
        #endif
        let flags = fcntl(number, F_GETFL)
        return flags >= 0 && fcntl(number, F_SETFL, isDirect ? flags | direct : flags & ~direct) == 0
    }

    /// Reads up to `count` bytes from a place in the file; an empty buffer means its end.
    func read(at offset: Int64, count: Int) throws(StorageError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var failure: Int32?
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            let got = retryingInterrupts { pread(number, bytes.baseAddress, count, off_t(offset)) }
            if got < 0 { failure = errno }
            return max(0, got)
        }
        if let failure { throw StorageError(errno: failure, doing: "read", subject: path) }
        return buffer
    }
}

/// Runs a system call again while signals interrupt it.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        errno = 0
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

/// Calls until every byte is written; returns `errno` if that cannot be.
private func writeAll(_ bytes: UnsafeRawBufferPointer, _ call: (UnsafeRawBufferPointer) -> Int) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = call(UnsafeRawBufferPointer(rebasing: rest))
        if written < 0 && errno != EINTR { return errno }
        rest = rest.dropFirst(max(0, written))
    }
    return nil
}

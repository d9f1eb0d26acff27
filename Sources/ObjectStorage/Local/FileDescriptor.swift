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

    func write(_ buffer: ByteBuffer) throws(StorageError) {
        let failure: Int32? = buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno != EINTR { return errno }
                rest = rest.dropFirst(max(0, written))
            }
            return nil
        }
        if let failure { throw StorageError(errno: failure, doing: "write", subject: path) }
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

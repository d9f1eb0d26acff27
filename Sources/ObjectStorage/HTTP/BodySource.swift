import CLibCurl
import Glibc
import NIOCore

/// Gives libcurl a request's body piece by piece, on the loop's thread.
final class BodySource {
    private enum Origin {
        case memory(ByteBuffer)
        case file(FileDescriptor)
    }

    /// Bytes in all.
    let count: Int64
    /// Why reading failed, where libcurl would only say that it did.
    private(set) var failure: StorageError?
    private let origin: Origin
    private let start: Int64
    private var position: Int64 = 0

    init(_ bytes: ByteBuffer) {
        origin = .memory(bytes)
        count = Int64(bytes.readableBytes)
        start = Int64(bytes.readerIndex)
    }

    init(path: String, range: Range<Int64>) throws(StorageError) {
        origin = .file(try FileDescriptor(opening: path, flags: O_RDONLY))
        count = Int64(range.count)
        start = range.lowerBound
    }

    /// How many bytes it put there; 0 is the end.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let wanted = Int(min(Int64(target.count), count - position))
        guard wanted > 0 else { return 0 }
        let space = UnsafeMutableRawBufferPointer(rebasing: target[..<wanted])
        switch origin {
        case .memory(let bytes):
            bytes.withVeryUnsafeBytes {
                space.copyMemory(
                    from: .init(rebasing: $0[Int(start + position)...][..<(Int(start + position) + wanted)])
                )
            }
            position += Int64(wanted)
            return wanted
        case .file(let file):
            return read(file, into: space)
        }
    }

    private func read(_ file: FileDescriptor, into space: UnsafeMutableRawBufferPointer) -> Int {
        let got = retryingInterrupts { pread(file.number, space.baseAddress, space.count, off_t(start + position)) }
        if got < 0 { failure = StorageError(errno: errno, doing: "read", subject: file.path) }
        if got == 0 { failure = FileDescriptor.becameShorter(file) }
        guard got > 0 else { return Int(CURL_READFUNC_ABORT) }
        position += Int64(got)
        return got
    }

    /// Goes back, for a connection that turned out to be closed before the server read from it.
    func seek(to offset: Int64) -> Bool {
        guard (0...count).contains(offset) else { return false }
        position = offset
        return true
    }
}

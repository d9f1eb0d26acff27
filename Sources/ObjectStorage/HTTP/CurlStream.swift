import CLibCurl
public import NIOCore

/// An answer whose head is here and whose body is still coming, only as fast as it is taken.
///
/// The transfer ends with the last reference to it.
public final class CurlStream: Sendable {
    /// The HTTP status, for example 200.
    public let status: Int
    public let headers: CurlHeaders
    private let transfer: CurlTransfer

    init(_ head: CurlAnswer.Head, of transfer: CurlTransfer) {
        status = head.status
        headers = head.headers
        self.transfer = transfer
    }

    deinit { CurlLoop.shared.submit { [transfer] in CurlLoop.shared.cancel(transfer) } }

    /// The next bytes, or `nil` when all have come, as many as the head announced.
    ///
    /// One task asks, one call at a time.
    public func next() async throws -> ByteBuffer? {
        try await CurlClient.withCancelling(transfer) { [transfer] in
            try await transfer.answer.next { CurlLoop.shared.submit { transfer.resume() } }
        }
    }

    /// All that is left.
    ///
    /// - Throws: ``CurlError`` when it is more than so many bytes.
    func collect(upTo maxBytes: Int, url: String) async throws -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.readableBytes <= maxBytes else {
                throw CurlError(
                    CURLE_FILESIZE_EXCEEDED,
                    url: url,
                    message: "the answer is longer than \(maxBytes) bytes"
                )
            }
            body += piece.readableBytesView
        }
        return body
    }
}

import CLibCurl
public import NIOCore

/// An answer whose head is here and whose body is still coming, only as fast as it is taken.
///
/// The transfer ends with the last reference to it.
public final class CurlStream: Sendable {
    /// The HTTP status, for example 200.
    public let status: Int
    /// The version of HTTP that was spoken: `1.1` or `2`.
    public let httpVersion: String
    public let headers: CurlHeaders
    private let transfer: CurlTransfer

    init(_ head: CurlAnswer.Head, of transfer: CurlTransfer) {
        status = head.status
        httpVersion = head.httpVersion
        headers = head.headers
        self.transfer = transfer
    }

    deinit { transfer.loop.submit { [transfer] in transfer.loop.cancel(transfer) } }

    /// The next bytes, or `nil` when all have come, as many as the head announced.
    ///
    /// One task asks, one call at a time.
    public func next() async throws -> ByteBuffer? {
        try await CurlClient.withCancelling(transfer) { [transfer] in
            try await transfer.answer.next { transfer.loop.submit { transfer.resume() } }
        }
    }

    /// All of the answer, when nothing of its body was taken yet.
    ///
    /// - Throws: ``CurlError`` when it is too much to be held in memory.
    func response(url: String) async throws -> CurlResponse {
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.readableBytes <= CurlClient.maxAnswerBytes else {
                let message = "the answer is longer than \(CurlClient.maxAnswerBytes) bytes"
                throw CurlError(CURLE_FILESIZE_EXCEEDED, url: url, message: message)
            }
            body += piece.readableBytesView
        }
        return CurlResponse(status: status, httpVersion: httpVersion, headers: headers, body: body)
    }
}

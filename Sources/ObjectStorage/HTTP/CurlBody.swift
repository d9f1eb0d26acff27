public import NIOCore

/// What a request carries.
///
/// Each can be sent again from its beginning.
public enum CurlBody: Sendable {
    case none
    case bytes(ByteBuffer)
    /// A part of a file, read while it is sent; a file that is shorter by then is an error.
    case file(path: String, range: Range<Int64>)
    /// Files by their fields and paths as the first parts of `multipart/form-data`, with fields after them.
    case form(files: [(field: String, path: String)], fields: [(String, String)])

    /// The text of `application/x-www-form-urlencoded`.
    static func urlEncoded(_ fields: [(String, String)]) -> CurlBody {
        let pairs = fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        return .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
    }
}

/// What a server answered.
public struct CurlResponse: Sendable, Equatable {
    /// The HTTP status, for example 200.
    public let status: Int
    /// The version of HTTP that was spoken: `1.1` or `2`.
    public let httpVersion: String
    public let headers: CurlHeaders
    public let body: [UInt8]
}

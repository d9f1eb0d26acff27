/// What a server answered.
public struct CurlResponse: Sendable, Equatable {
    /// The HTTP status, for example 200.
    public let status: Int
    public let headers: CurlHeaders
    public let body: [UInt8]
}

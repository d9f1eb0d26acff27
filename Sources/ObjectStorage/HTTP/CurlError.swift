import CLibCurl

/// Why no answer came: libcurl's code, what was asked and libcurl's own words.
public struct CurlError: Error, Sendable, Equatable {
    /// A `CURLcode`, for example 7 for a refused connection.
    public let code: UInt32
    public let url: String
    public let message: String

    init(_ code: CURLcode, url: String) {
        self.code = code.rawValue
        self.url = url
        message = String(cString: curl_easy_strerror(code))
    }
}

extension CurlError: CustomStringConvertible {
    public var description: String { "\(url): \(message) (curl \(code))" }
}

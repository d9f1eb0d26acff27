import CLibCurl

/// Why no answer came: libcurl's code, what was asked and libcurl's own words.
public struct CurlError: Error, Sendable, Equatable {
    /// A `CURLcode`, for example 7 for a refused connection.
    public let code: UInt32
    /// The address without its query, which can hold secrets.
    public let url: String
    public let message: String

    init(_ code: CURLcode, url: String, message: String? = nil) {
        self.code = code.rawValue
        self.url = url
        self.message = message ?? String(cString: curl_easy_strerror(code))
    }

    /// What a person would do about it.
    public enum Reason: Sendable { case notAnAddress, notTrusted, other }

    public var reason: Reason {
        switch CURLcode(code) {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .notAnAddress
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .notTrusted
        default: .other
        }
    }

    /// Nothing of the request can have reached the server.
    var isBeforeSending: Bool {
        let codes = [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT]
        return codes.contains { $0.rawValue == code }
    }

    /// The connection was lost, stalled or cut: the same request can succeed another time.
    var isTransient: Bool {
        let codes = [
            CURLE_OPERATION_TIMEDOUT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
            CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            // What an answer before left on the connection was taken for this one.
            CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL,
        ]
        return isBeforeSending || codes.contains { $0.rawValue == code }
    }
}

extension CurlError: CustomStringConvertible {
    public var description: String { "\(url): \(message) (curl \(code))" }
}

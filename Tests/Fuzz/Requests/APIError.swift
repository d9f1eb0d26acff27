import Domain

/// Stand-in for the error of the API, whose own file needs the database and the web server.
struct APIError: Error {
    enum Code { case missingParameter, invalidParameter, unsupportedChecksum }

    init(_ code: Code, _ english: String, chinese: String) {}
}

/// Why a form could not be read, for whoever wrote the client.
struct MultipartError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}

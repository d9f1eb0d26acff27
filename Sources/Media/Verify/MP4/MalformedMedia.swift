/// Bytes that are not what their format says; `message` is the rest of a sentence that begins with the file's name.
struct MalformedMedia: Error, Equatable, CustomStringConvertible {
    var message: String

    init(_ message: String) { self.message = message }

    var description: String { "A file that was written \(message)." }
}

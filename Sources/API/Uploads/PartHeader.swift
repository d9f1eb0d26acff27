/// What a form says about one of its parts (RFC 7578).
struct PartHeader: Equatable {
    /// The field's name.
    let name: String
    /// Without the folders that some clients send along; `nil` for an ordinary field.
    let filename: String?

    /// Reads the lines between a boundary and the empty line.
    init(_ block: String) throws(MultipartError) {
        var disposition: HeaderParameters?
        for line in Self.unfold(block) {
            guard let colon = line.firstIndex(of: ":") else {
                throw MultipartError("a line in the header of a part has no colon")
            }
            let value = line[line.index(after: colon)...].trimmingSpace
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = try HeaderParameters(value)
            case "content-transfer-encoding": try Self.requirePlain(value)
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"] else {
            throw MultipartError("a part does not say its name in Content-Disposition: form-data; name=\"…\"")
        }
        self.name = name
        filename = disposition["filename"].map(Self.lastPathPart)
    }

    /// A line that begins with space goes on with the one before.
    private static func unfold(_ block: String) -> [String] {
        block.replacing("\r\n ", with: " ").replacing("\r\n\t", with: " ")
            .split(separator: "\r\n").map(String.init)
    }

    /// RFC 7578, 4.7: nobody encodes parts; one who does would have it stored encoded.
    private static func requirePlain(_ encoding: String) throws(MultipartError) {
        guard ["7bit", "8bit", "binary"].contains(encoding.lowercased()) else {
            throw MultipartError("a part is encoded as \(encoding); send its bytes as they are")
        }
    }

    private static func lastPathPart(_ path: String) -> String {
        path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
    }
}

import Foundation
import Testing

/// A multipart form as clients send it to publish/action.
struct ContractForm {
    private static let boundary = "----clipyard-contract-7MA4YWxkTrZu0gW"

    private var body = Data()

    static var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    var encoded: Data { body + Data("--\(Self.boundary)--\r\n".utf8) }

    /// The file first, with a path in its name and the type that says nothing, as some clients do.
    static func clip(_ bytes: Data, token: String?, title: String?) -> ContractForm {
        var form = ContractForm()
        form.add("data", bytes, filename: "../public/bear.mp4")
        if let token { form.add("token", token) }
        if let title { form.add("title", title) }
        return form
    }

    mutating func add(_ name: String, _ value: String) { add(name, Data(value.utf8), filename: nil) }

    mutating func add(_ name: String, _ bytes: Data, filename: String?) {
        var head = "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(name)\""
        if let filename { head += "; filename=\"\(filename)\"\r\nContent-Type: application/octet-stream" }
        body += Data((head + "\r\n\r\n").utf8) + bytes + Data("\r\n".utf8)
    }
}

extension ContractClient {
    func publish(_ form: ContractForm, query: String = "") throws -> Answer {
        let request = HTTPRequest(
            method: "POST",
            path: ContractRoute.publish.path + query,
            headers: ["Content-Type": ContractForm.contentType],
            body: form.encoded
        )
        return try send(request, as: .publish)
    }

    func publish(clip path: String, title: String, by member: Member) throws -> Answer {
        let bytes = try Data(contentsOf: URL(filePath: path))
        return try publish(.clip(bytes, token: member.token, title: title))
    }

    /// Waits until every video of an author is playable, and returns them, newest first.
    func settled(_ author: Member) async throws -> [StrictJSON] {
        try await eventually(within: 90, "the videos of \(author.name) are playable") {
            let videos = try videos(.published, of: author, seenBy: author)
            return videos.allSatisfy { $0["play_url"].text?.contains("/media/") == true } ? videos : nil
        }
    }
}

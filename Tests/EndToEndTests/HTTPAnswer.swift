import Foundation
import Testing

/// An answer as curl sees it.
struct HTTPAnswer {
    let status: Int
    /// For example `HTTP/1.1`.
    let protocolName: String
    /// By lower-case name.
    let headers: [String: String]
    let body: String

    /// The status of a GET; `nil` while nobody answers there.
    static func status(of address: String) throws -> Int? {
        let command = try Command(["curl", "-s", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}", address])
        return command.status == 0 ? Int(command.standardOutput) : nil
    }

    /// Asks, with curl's own arguments besides the address.
    init(_ address: String, _ arguments: [String] = []) throws {
        // Without “Expect”, as an interim answer would come before the one that counts.
        let command = try Command(["curl", "-sS", "--max-time", "60", "-D", "-", "-H", "Expect:", address] + arguments)
        try #require(command.status == 0, "curl \(address): \(command.standardError)")
        // Not split, as Swift takes a line's end for one character.
        let parts = command.standardOutput.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        protocolName = words.first.map(String.init) ?? ""
        status = try #require(words.dropFirst().first.flatMap { Int($0) })
        headers = lines.dropFirst().reduce(into: [:]) { headers, line in
            let field = line.split(separator: ":", maxSplits: 1)
            if field.count == 2 { headers[field[0].lowercased()] = field[1].trimmingCharacters(in: .whitespaces) }
        }
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    /// The members of its JSON object; none for anything else.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// The `status_code` of simple-Douyin.
    var code: Int? { json["status_code"] as? Int }

    /// The objects of a list.
    func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
}

import Foundation

/// What a store of objects must keep in mind of an upload between two requests.
struct MultipartPlacement: Codable {
    /// Parts with numbers that follow each other, of one writer.
    struct Run: Codable {
        var first: Int
        var count: Int
    }

    /// The store's name for the multipart upload, once there is one.
    var uploadID: String?
    var startedAt: Date?
    var partBytes: Int64
    var runs: [Run] = []
    /// How many bytes the parts are.
    var storedBytes: Int64 = 0
    /// An object with what came after the last part.
    var tail: String?
    var tailBytes: Int64 = 0
    /// Older such objects, which nobody needs once this state is recorded.
    var superseded: [String]?

    init(partBytes: Int64) { self.partBytes = partBytes }

    /// From the text that a mark came with.
    init(_ state: String?, partBytes: Int64) throws {
        guard let state else {
            self.init(partBytes: partBytes)
            return
        }
        self = try JSONDecoder().decode(Self.self, from: Data(state.utf8))
        guard isPlausible else {
            let message = "what is known of its parts is damaged"
            throw StorageError(.damaged, doing: "resume", subject: uploadID ?? "upload", message: message)
        }
    }

    /// Whether sums of its numbers fit: it comes from a column.
    private var isPlausible: Bool {
        let (numbers, sizes) = (MultipartUpload.partNumbers, 0...ObjectInfo.maxBytes)
        return sizes.contains(storedBytes) && sizes.contains(tailBytes) && sizes.contains(partBytes) && partBytes > 0
            && runs.allSatisfy { numbers.contains($0.first) && (0...numbers.upperBound).contains($0.count) }
    }

    var text: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    var partCount: Int { runs.reduce(0) { $0 + $1.count } }

    func contains(_ number: Int) -> Bool { runs.contains { ($0.first..<($0.first + $0.count)).contains(number) } }

    /// Adds a part behind the others.
    mutating func add(_ number: Int, sizeBytes: Int64) {
        if let last = runs.last, last.first + last.count == number {
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(first: number, count: 1))
        }
        storedBytes += sizeBytes
        (tail, tailBytes) = (nil, 0)
    }
}

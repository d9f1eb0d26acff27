import Foundation

/// A folder with a word list; it goes with the value.
final class TemporaryFolder {
    private let url: URL
    var list: String { url.appending(path: "words.txt").path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "moderation-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Puts a new file in the list's place, as `mv` does.
    @discardableResult
    func write(_ data: Data) throws -> String {
        try data.write(to: URL(filePath: list), options: .atomic)
        return list
    }

    @discardableResult
    func write(_ text: String) throws -> String { try write(Data(text.utf8)) }

    func write(_ text: String, modified: Date) throws {
        try write(text)
        try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: list)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: list) }
}

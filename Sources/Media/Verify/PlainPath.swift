import Foundation

/// Another name for a folder, without characters that mean something in a URL.
///
/// libav finds segments relative to their playlist as if its path were a URL:
/// a `?` or `#` would end it. In the name of an image, `%` stands for a number.
struct PlainPath {
    let url: URL
    private let isLink: Bool

    init(to folder: URL) throws {
        isLink = folder.path.contains { "?#%".contains($0) }
        guard isLink else {
            url = folder
            return
        }
        url = FileManager.default.temporaryDirectory.appending(path: "clipyard-verify-\(UUID())")
        try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: folder.path)
    }

    func remove() {
        if isLink { try? FileManager.default.removeItem(at: url) }
    }
}

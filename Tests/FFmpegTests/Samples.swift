import Foundation

/// The clips of the repository's `samples` folder.
enum Samples {
    static let folder = URL(filePath: #filePath).appending(path: "../../../samples").standardized

    static func path(_ name: String) -> String { folder.appending(path: name).path }

    static let sunrise = path("sunrise.mp4")
    static let portrait = path("portrait.mov")
    static let silent = path("silent.mp4")
    static let browser = path("browser.webm")
}

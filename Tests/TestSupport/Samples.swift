import Foundation

/// The clips of the repository's `samples` folder.
public enum Samples {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../samples").standardized

    private static func path(_ name: String) -> String { folder.appending(path: name).path }

    public static let sunrise = path("sunrise.mp4")
    public static let portrait = path("portrait.mov")
    public static let silent = path("silent.mp4")
    public static let browser = path("browser.webm")
}

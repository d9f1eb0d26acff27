import Domain

/// A package in one line, for people.
struct PackageSummary: CustomStringConvertible {
    private let package: MediaPackage

    init(_ package: MediaPackage) { self.package = package }

    var description: String {
        let rungs = package.renditions.map(\.name).joined(separator: ", ")
        let megabytes = Double(package.files.reduce(0) { $0 + $1.sizeBytes }) / 1e6
        let seconds = (package.durationSeconds * 100).rounded() / 100
        return "play.mp4 \(package.width)x\(package.height), \(seconds) s, HLS \(rungs), "
            + "\(package.files.count) files, \((megabytes * 10).rounded() / 10) MB, verified"
    }
}

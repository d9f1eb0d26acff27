import ArgumentParser
import Domain

/// What the cover of a package shows.
struct CoverOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Show the picture at this time instead of the best of several.", valueName: "seconds")
    )
    var coverAt: Double?

    @Option(help: ArgumentHelp("Show this JPEG, PNG or WebP image.", valueName: "file"))
    var coverImage: String?

    var choice: CoverChoice {
        if let coverImage { return .image(path: coverImage) }
        return coverAt.map { .at(seconds: $0) } ?? .automatic
    }

    /// The files that have to be read for it.
    var files: [String] { coverImage.map { [$0] } ?? [] }

    func validate() throws {
        if coverAt != nil, coverImage != nil {
            throw ValidationError("Give --cover-at or --cover-image, not both.")
        }
        if let coverAt, !(coverAt >= 0 && coverAt.isFinite) {
            throw ValidationError("--cover-at must be 0 or more seconds.")
        }
    }
}

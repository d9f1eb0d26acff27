import ArgumentParser
import Domain
import Foundation
import Media

struct CoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cover",
        abstract: "Write the best picture of a video, found by looking at few."
    )

    @Argument(help: "The video.")
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The image to write: WebP if its name ends in .webp, JPEG otherwise.", valueName: "file")
    )
    var output: String

    @Option(help: ArgumentHelp("Take the picture at this time.", valueName: "seconds"))
    var at: Double?

    @Flag(help: "Print what was written as JSON.")
    var json = false

    @OptionGroup var pipeline: PipelineOption

    func validate() throws {
        if let at, !(at >= 0 && at.isFinite) { throw ValidationError("--at must be 0 or more seconds.") }
    }

    func run() throws {
        try reportingFailures {
            let cover = try PictureMaker(pipeline: pipeline.load()).makeCover(
                of: file,
                choice: at.map { .at(seconds: $0) } ?? .automatic,
                file: URL(filePath: output)
            )
            if json { return try StandardOutput.print(cover) }
            print("\(output): \(cover.width)x\(cover.height)\(place(cover)), ThumbHash \(cover.thumbHash)")
        }
    }

    private func place(_ cover: PictureMaker.Cover) -> String {
        guard let seconds = cover.seconds, let score = cover.score else { return "" }
        return ", at \((seconds * 100).rounded() / 100) s, score \((score * 100).rounded() / 100)"
    }
}

import ArgumentParser
import Foundation
import Media

struct ProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process",
        abstract: "Make play.mp4, HLS and a cover of one video file."
    )

    @Argument(help: "The video to process.")
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to fill: new, or empty.", valueName: "folder"))
    var output: String

    @Flag(
        help: ArgumentHelp(
            "Make only what is published first.",
            discussion: """
                That is one rendition: the video itself if it can be played as it is, otherwise a small one. Nothing is \
                made of a short video that has to be encoded, since the complete package is hardly later.
                """
        )
    )
    var first = false

    @Flag(help: "Print what was found and made as JSON.")
    var json = false

    @OptionGroup var cover: CoverOption

    @OptionGroup var pipeline: PipelineOption

    func run() throws {
        try reportingFailures {
            let definition = try pipeline.load()
            let folder = try OutputFolder(path: output)
            let cancellation = Cancellation()
            let signals = CancellingSignals(cancellation)
            defer { signals.stop() }
            let bar = ProgressBar()
            let result = try folder.fill { staging in
                try bar.showing { try process(definition, staging, cancellation, $0) }
            }
            if json { return try StandardOutput.print(result) }
            guard let result else { return print("\(output): nothing to publish first") }
            print(ResultTable(result, folder: output))
        }
    }

    private func process(
        _ pipeline: PipelineDefinition,
        _ folder: URL,
        _ cancellation: Cancellation,
        _ report: @escaping @Sendable (ProcessingProgress) -> Void
    ) throws -> VideoProcessor.Result? {
        let processor = VideoProcessor(pipeline: pipeline)
        let process = first ? processor.processFirst : processor.process
        return try process(file, folder, cover.choice, cancellation, report)
    }
}

import ArgumentParser
import CLinux
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

    @OptionGroup var sandbox: SandboxOption

    /// Given by a run with `--sandbox` to its child: the folder that the child fills.
    @Option(help: .hidden) var staging: String?

    func run() throws {
        try reportingFailures {
            if let staging { return try processConfined(into: URL(filePath: staging)) }
            if sandbox.sandbox { return try processInChild() }
            let definition = try pipeline.load()
            let folder = try OutputFolder(path: output)
            let cancellation = Cancellation()
            let signals = CancellingSignals { cancellation.cancel() }
            defer { signals.stop() }
            try show(folder.fill { try process(definition, $0, cancellation) })
        }
    }

    /// Leaves opening the file to a child that can write in the staging folder alone; what moves and removes folders here
    /// needs rights beside them.
    private func processInChild() throws {
        let printed = try OutputFolder(path: output).fill { staging in
            // The child cannot make the link that names with `?`, `#` and `%` take to be verified.
            let link = FileManager.default.temporaryDirectory.appending(path: "clipyard-staging-\(UUID())")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: staging)
            defer { try? FileManager.default.removeItem(at: link) }
            return try ConfinedChild.run(["process", "--staging", link.path])
        }
        try FileHandle.standardOutput.write(contentsOf: printed)
    }

    /// The child's part.
    private func processConfined(into staging: URL) throws {
        _ = clinux_set_parent_death_signal(SIGKILL)
        let definition = try pipeline.load()
        // Before there are threads, and before anything of the creator's is opened.
        try SandboxOption.confine(readable: [file] + cover.files, writable: [staging.path])
        try show(process(definition, staging, Cancellation()))
    }

    private func process(
        _ pipeline: PipelineDefinition,
        _ folder: URL,
        _ cancellation: Cancellation
    ) throws -> VideoProcessor.Result? {
        let processor = VideoProcessor(pipeline: pipeline)
        let process = first ? processor.processFirst : processor.process
        return try ProgressBar().showing { try process(file, folder, cover.choice, cancellation, $0) }
    }

    private func show(_ result: VideoProcessor.Result?) throws {
        if json { return try StandardOutput.print(result) }
        guard let result else { return print("\(output): nothing to publish first") }
        print(ResultTable(result, folder: output))
    }
}

import ArgumentParser
import Foundation
import Media

struct StoryboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storyboard",
        abstract: "Write small pictures of a video on one sheet, and when each is shown."
    )

    @Argument(help: "The video.")
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to fill: new, or empty.", valueName: "folder"))
    var output: String

    @OptionGroup var pipeline: PipelineOption

    func run() throws {
        try reportingFailures {
            let definition = try pipeline.load()
            guard definition.storyboard != nil else {
                throw CommandFailure(78, "The pipeline definition has no storyboard; add one or use another.")
            }
            let count = try OutputFolder(path: output).fill { staging in
                try PictureMaker(pipeline: definition).makeStoryboard(of: file, into: staging)
            }
            print("\(output): storyboard.jpg with \(count) pictures, storyboard.vtt")
        }
    }
}

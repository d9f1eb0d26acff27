import Domain
import Foundation
import MediaTasks

/// `clipyard-media`, played by a shell script that makes small files and reports at once.
struct StubProgram {
    let folder: String

    var path: String { "\(folder)/stub" }

    /// The files of every package that it makes.
    static let files = ["play.mp4", "cover.jpg", "hls/master.m3u8"]

    init(in folder: String) throws {
        self.folder = "\(folder)/program"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        for task in ["first", "transcode", "assemble"] { try report(.transcoded(Self.package), for: task) }
        for task in ["chunk", "sound"] { try report(.encoded(files: ["data"]), for: task) }
        try report(.refused(MediaRefusal(.damaged, "The file is damaged.")), for: "refused")
        try setPieces(1)
        let script = """
            #!/bin/sh
            cd '\(self.folder)'
            if [ "$1" = check-sandbox ]; then
                if [ -f mode-check ]; then . ./mode-check; fi
                echo '{"mode":"require","layers":[],"missing":[]}'; exit 0
            fi
            read -r line
            task=$(printf %s "$line" | sed 's/.*"task":"\\([a-z]*\\)".*/\\1/')
            output=$(printf %s "$line" | sed -n 's/.*"output":"\\([^"]*\\)".*/\\1/p' | sed 's,\\\\/,/,g')
            if [ -f "mode-$task" ]; then . "./mode-$task"; fi
            case $task in
                probe) ;;
                chunk|sound) printf data > "$output/data" ;;
                *) mkdir -p "$output/hls"; for file in \(Self.files.joined(separator: " ")); do
                       printf %s "$file" > "$output/$file"; done ;;
            esac
            cat "report-$task"
            """
        try write(script, to: "stub")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Into how many chunks a probe divides a video; one is encoded as a whole.
    func setPieces(_ count: Int) throws {
        let stream =
            VideoStream(index: 0, codec: "h264", width: 360, height: 640, pixelFormat: "yuv420p", frameRate: 30)
        let info = MediaInfo(container: "mov", durationSeconds: 3, sizeBytes: 8, video: stream, audio: nil)
        let pieces = (0..<count).map { number in
            TaskRequest.Window(
                number: number,
                startSeconds: Double(number),
                endSeconds: number + 1 < count ? Double(number + 1) : nil
            )
        }
        try report(.probed(info, pieces: pieces), for: "probe")
    }

    /// Has a task do something else first, in words of the shell.
    func setMode(_ task: String, _ words: String?) throws {
        guard let words else { return }
        try write(words, to: "mode-\(task)")
    }

    private static let package = MediaPackage(
        width: 360,
        height: 640,
        durationSeconds: 3,
        renditions: [],
        files: files.map { .init(path: $0, sizeBytes: Int64($0.utf8.count)) }
    )

    private func report(_ report: TaskReport, for task: String) throws {
        try write(String(decoding: TaskLine.encode(TaskMessage.report(report)), as: UTF8.self), to: "report-\(task)")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
}

import Domain
import MediaTasks
import Testing

@Suite struct TaskLineTests {
    private static let info = MediaInfo(
        container: "mov",
        durationSeconds: 1.5,
        sizeBytes: 1000,
        video: VideoStream(index: 0, codec: "h264", width: 640, height: 360, pixelFormat: "yuv420p", frameRate: 30),
        audio: nil
    )

    @Test(arguments: [
        TaskMessage.progress(TaskProgress(fraction: 0.5, framesPerSecond: 120)),
        .report(.probed(info, pieces: [.init(number: 0, startSeconds: 0, endSeconds: nil)])),
        .report(.encoded(files: ["video.nut"])),
        .report(.nothingFirst),
        .report(.refused(MediaRefusal(.noVideo, "There is no video in this file.\nUpload another."))),
        .report(.failed(message: "disk full")),
    ])
    func aMessageIsOneLineAndComesBackEqual(message: TaskMessage) throws {
        let line = try TaskLine.encode(message)
        #expect(line.last == UInt8(ascii: "\n") && line.dropLast().firstIndex(of: UInt8(ascii: "\n")) == nil)
        #expect(try TaskLine.decode(TaskMessage.self, from: line) == message)
    }
}

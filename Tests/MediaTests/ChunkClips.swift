import Foundation

/// Clips of some six seconds that are hard to cut, each in its own way.
enum ChunkClip: String, CaseIterable {
    /// One keyframe for everything, B-frames, and sound.
    case longGroups
    /// Nothing is shown for a second, across a cut, and for more than a whole chunk.
    case gaps
    case interlaced
    /// 120 frames per second, of which every other one goes.
    case fast
    /// B-frames in front of a keyframe need pictures that come before it.
    case openGroups
    /// The sound goes on for three seconds after the last picture, across a cut.
    case longSound
    /// Shown turned by a quarter.
    case portrait
    /// Has no index to seek by, and does not start at 0.
    case broadcast
    /// Has times of decoding only.
    case avi
    /// Neither duration nor index.
    case browser

    /// Makes the clip in a folder and returns its path.
    func make(in folder: URL) throws -> String {
        let url = folder.appending(path: "\(rawValue).\(fileExtension)")
        try SoundClips.ffmpeg(["-f", "lavfi", "-i", pictures] + sound + arguments + [url.path])
        guard self == .portrait else { return url.path }
        let turned = folder.appending(path: "turned.mov")
        try SoundClips.ffmpeg(["-i", url.path, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned.path])
        return turned.path
    }

    /// Noise makes every picture worth its bits, and a seam visible.
    private var pictures: String {
        let rate = self == .fast ? 120 : self == .interlaced ? 50 : 30
        return "testsrc2=s=320x180:r=\(rate):d=\(self == .longSound ? 4 : 6.3),noise=alls=6:allf=t:all_seed=7"
    }

    private var sound: [String] {
        switch self {
        case .longGroups, .broadcast, .avi, .browser: ["-f", "lavfi", "-i", "sine=330:d=6.3"]
        case .longSound: ["-f", "lavfi", "-i", "sine=330:d=7"]
        default: []
        }
    }

    private var arguments: [String] {
        let x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p"]
        return switch self {
        case .longGroups: x264 + ["-g", "1000", "-bf", "3", "-c:a", "aac"]
        case .gaps: x264 + ["-vf", "select=not(between(t\\,1.6\\,2.5)+between(t\\,3.1\\,5.2))", "-vsync", "vfr"]
        case .interlaced:
            x264 + ["-vf", "tinterlace=interleave_top,fieldorder=tff", "-flags", "+ildct+ilme", "-g", "12"]
        case .fast: x264 + ["-g", "100"]
        case .openGroups: x264 + ["-x264-params", "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:b-adapt=0"]
        case .longSound: x264 + ["-g", "40", "-c:a", "aac"]
        case .portrait: x264 + ["-g", "40"]
        case .broadcast: ["-c:v", "mpeg2video", "-b:v", "4M", "-g", "15", "-bf", "2", "-c:a", "mp2", "-muxdelay", "3"]
        case .avi: ["-c:v", "mpeg4", "-q:v", "3", "-g", "40", "-bf", "2", "-c:a", "libmp3lame"]
        case .browser: ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M", "-g", "60", "-live", "1"]
        }
    }

    private var fileExtension: String {
        switch self {
        case .broadcast: "ts"
        case .avi: "avi"
        case .browser: "webm"
        default: "mp4"
        }
    }
}

/// What a creator's file may be made of.
///
/// This is security, not configuration: a demuxer that is not named here is not
/// even tried, so a playlist that calls itself `x.mp4` cannot make us open what
/// it points to; bytes come from local files only.
enum AcceptedInput {
    /// Demuxers of single files that cameras, phones, browsers and editors write.
    static let formats = ["mov", "matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg"]

    static let protocols = ["file"]

    static let videoDecoders = [
        "h264", "hevc", "av1", "libdav1d", "libaom-av1", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mpeg2video",
        "mpeg1video", "h263", "flv", "mjpeg", "prores", "dnxhd", "dvvideo", "vc1", "wmv1", "wmv2", "wmv3", "msmpeg4v1",
        "msmpeg4v2", "msmpeg4", "theora", "ffv1", "huffyuv", "ffvhuff", "utvideo", "cfhd", "png", "qtrle", "rawvideo",
    ]

    /// Decoders that also decode opacity that is coded beside the pictures, by codec.
    static let alphaDecoders = ["vp8": "libvpx", "vp9": "libvpx-vp9"]

    static let audioDecoders = [
        "aac", "aac_fixed", "aac_latm", "mp3float", "mp3", "mp2float", "mp2", "ac3", "ac3_fixed", "eac3", "dca",
        "truehd",
        "opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "amrnb", "amrwb", "libopencore_amrnb",
        "libopencore_amrwb", "wmav1", "wmav2", "wmapro", "wmalossless", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt",
        "adpcm_swf", "nellymoser", "speex", "libspeex", "qdm2", "gsm", "gsm_ms", "pcm_s8", "pcm_u8", "pcm_s16le",
        "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le",
        "pcm_f64be", "pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd",
    ]
}

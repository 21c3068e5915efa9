import java.awt.event.ActionEvent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.BitSet;
import javax.swing.SwingUtilities;
import uk.ac.starlink.topcat.BitsRowSubset;
import uk.ac.starlink.topcat.ControlWindow;
import uk.ac.starlink.topcat.Driver;
import uk.ac.starlink.topcat.RowSubset;
import uk.ac.starlink.topcat.TopcatModel;
import uk.ac.starlink.topcat.interop.SampCommunicator;

/** Starts TOPCAT and does in its window what the lines of standard input say; an answer is a line that begins with ">". */
public class Drive {
    private static final String NAME = "bright";

    public static void main(String[] arguments) throws Exception {
        Driver.main(new String[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] words = line.split(" ");
            SwingUtilities.invokeAndWait(() -> {
                try {
                    System.out.println("> " + obey(words));
                } catch (Exception error) {
                    System.out.println("> error " + error);
                }
            });
        }
        System.exit(0);
    }

    private static String obey(String[] words) throws Exception {
        ControlWindow window = ControlWindow.getInstance();
        SampCommunicator samp = (SampCommunicator) window.getCommunicator();
        TopcatModel model = window.getCurrentModel();
        switch (words[0]) {
            case "connected":
                return "" + samp.getConnector().isConnected();
            case "table":
                return model == null ? "none" : model.getLabel() + " " + model.getDataModel().getRowCount();
            case "members":
                for (RowSubset subset : model.getSubsets()) {
                    if (subset.getName().equals(words[1].replace('_', ' '))) {
                        StringBuilder rows = new StringBuilder();
                        for (long row = 0; row < model.getDataModel().getRowCount(); row++) {
                            if (subset.isIncluded(row)) {
                                rows.append(row).append(' ');
                            }
                        }
                        return rows.toString().trim();
                    }
                }
                return "none of " + model.getSubsets();
            case "activated":
                return "" + model.getActivatedSubset().getRowIndex();
            case "select":
                BitSet bits = new BitSet();
                for (int k = 1; k < words.length; k++) {
                    bits.set(Integer.parseInt(words[k]));
                }
                samp.createSubsetActivity().selectSubset(model, new BitsRowSubset(NAME, bits));
                return "sent";
            case "highlight":
                samp.createRowActivity().highlightRow(model, Long.parseLong(words[1]));
                return "sent";
            case "broadcast":
                samp.getTableTransmitter().getBroadcastAction().actionPerformed(new ActionEvent(window, 0, "broadcast"));
                return "sent";
            default:
                return "unknown";
        }
    }
}
